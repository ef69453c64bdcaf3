/** What the test machine's program is told; see program.ts. */
export const readMachineEnv = (): NodeJS.ProcessEnv => ({ ...process.env });
