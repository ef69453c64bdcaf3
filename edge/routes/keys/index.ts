import type { App } from '../../http/app.ts';
import { createKey } from './create-key.ts';
import { deleteKey } from './delete-key.ts';
import { getOwnKey } from './get-own-key.ts';
import { listKeys } from './list-keys.ts';
import { rotateKey } from './rotate-key.ts';
import { updateKey } from './update-key.ts';

export function registerKeys(app: App): void {
  createKey(app);
  listKeys(app);
  getOwnKey(app);
  updateKey(app);
  deleteKey(app);
  rotateKey(app);
}
