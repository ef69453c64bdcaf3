import type { App } from '../../http/app.ts';
import { cancelMessage } from './cancel-message.ts';
import { getMessage } from './get-message.ts';
import { listMessages } from './list-messages.ts';
import { replyMessage } from './reply-message.ts';
import { sendKinds } from './send-kinds.ts';

export function registerMessages(app: App): void {
  sendKinds(app);
  replyMessage(app);
  cancelMessage(app);
  getMessage(app);
  listMessages(app);
}
