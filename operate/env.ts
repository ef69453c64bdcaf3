import { resolve } from 'node:path';

const env = process.env;
const setting = (name: string): string | undefined => (env[name] === '' ? undefined : env[name]);

/** What the operator's programs read of their environment. Secrets stand here and in no argument: others see those. */
export const readOperatorEnv = () => ({
  directory: resolve(setting('WAYPOST_DIR') ?? '.waypost'),
  databaseUrl: setting('DATABASE_URL'),
  baseUrl: setting('BASE_URL'),
  metricsToken: setting('METRICS_TOKEN'),
});

/** For the commands that they start. */
export const inheritedEnvironment = (): NodeJS.ProcessEnv => ({ ...env });

export const say = (line: string): void => void process.stdout.write(`${line}\n`);
export const complain = (line: string): void => void process.stderr.write(`${line}\n`);
