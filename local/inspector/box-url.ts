import { createHmac } from 'node:crypto';

/** What stands behind a box's name in its URL: only holders of the secret can make a box. 32 hex digits. */
export const boxKey = (secret: string, box: string): string =>
  createHmac('sha256', secret).update(`inspector box ${box}`).digest('hex').slice(0, 32);

/** Where webhooks to a box are sent. */
export const boxUrl = (inspectorUrl: string, secret: string, box: string): string =>
  `${inspectorUrl}/in/${box}/${boxKey(secret, box)}`;
