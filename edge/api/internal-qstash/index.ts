import type { App } from '../../http/app.ts';
import { deliver } from './deliver.ts';

/** What QStash calls. Signed by it, not in the public document. */
export function registerInternalQstash(app: App): void {
  deliver(app);
}
