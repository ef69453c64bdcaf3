import type { App } from '../../http/app.ts';
import { getSandbox } from './get-sandbox.ts';
import { receiveSandboxMessage } from './receive-sandbox-message.ts';
import { scanSandbox } from './scan-sandbox.ts';
import { setSandboxAcks } from './set-sandbox-acks.ts';
import { setSandboxNetwork } from './set-sandbox-network.ts';
import { unlinkSandbox } from './unlink-sandbox.ts';

export function registerSandbox(app: App): void {
  getSandbox(app);
  scanSandbox(app);
  receiveSandboxMessage(app);
  setSandboxAcks(app);
  setSandboxNetwork(app);
  unlinkSandbox(app);
}
