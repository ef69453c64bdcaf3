import type { App } from '../../http/app.ts';
import { cancelMessage } from './cancel-message.ts';
import { getMessage } from './get-message.ts';
import { listMessages } from './list-messages.ts';
import { replyMessage } from './reply-message.ts';
import { sendImage } from './send-image.ts';
import { sendText } from './send-text.ts';

export function registerMessages(app: App): void {
  sendText(app);
  sendImage(app);
  replyMessage(app);
  cancelMessage(app);
  getMessage(app);
  listMessages(app);
}
