import { runService } from '../service-process.ts';
import { sandboxConfigSchema, startSandbox } from './server.ts';

await runService(sandboxConfigSchema, async (config) => {
  const { url, close } = await startSandbox(config);
  return { url, close };
});
