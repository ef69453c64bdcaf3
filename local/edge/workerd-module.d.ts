/** The package ships no types. It is CommonJS, whose `default` is the path of the binary for this machine. */
declare module 'workerd' {
  const workerd: { default: string };
  export default workerd;
}
