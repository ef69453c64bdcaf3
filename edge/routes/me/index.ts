import type { App } from '../../http/app.ts';
import { getMe } from './get-me.ts';
import { updateMe } from './update-me.ts';

export function registerMe(app: App): void {
  getMe(app);
  updateMe(app);
}
