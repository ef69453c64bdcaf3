import { AppError } from './errors.ts';

const PHONE = /^\+?[1-9]\d{6,14}$/;
const CHAT_ID = /^(?:\d{5,20}@(?:c\.us|lid)|\d{5,30}(?:-\d{5,20})?@g\.us|\d{5,30}@newsletter)$/;

/**
 * Turns what a caller writes in `to` into a chat id: E.164 with or without `+` (spaces, dots, dashes and brackets ignored)
 * becomes `<digits>@c.us`; `…@s.whatsapp.net` becomes `…@c.us`; `@lid`, `@g.us` and `@newsletter` ids pass.
 * @throws AppError VALIDATION_ERROR for anything else
 */
export function parseRecipient(to: string): string {
  const trimmed = to.trim();
  if (trimmed.includes('@')) {
    const chatId = trimmed.replace(/@s\.whatsapp\.net$/, '@c.us');
    if (CHAT_ID.test(chatId)) return chatId;
  } else {
    const digits = trimmed.replace(/[\s().-]/g, '');
    if (PHONE.test(digits)) return `${digits.replace('+', '')}@c.us`;
  }
  throw new AppError(
    'VALIDATION_ERROR',
    'to must be a phone number in international form (such as +15550100001) or a chat id (such as 120363…@g.us).',
    { field: 'to' },
  );
}
