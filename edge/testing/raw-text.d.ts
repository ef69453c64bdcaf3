/** A file's text, as Vite hands it to tests. */
declare module '*.sql?raw' {
  const text: string;
  export default text;
}
declare module '*.md?raw' {
  const text: string;
  export default text;
}
