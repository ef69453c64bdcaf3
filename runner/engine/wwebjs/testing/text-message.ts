import type { EngineSend } from '../../port.ts';
import { newWireId } from './sandbox-link.ts';

export const ALICE = '15550100001@c.us';
export const BOB = '15550100002';
/** 1×1 pixel. */
export const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);

/** A text for Alice, under a wire id of its own. */
export function text(body: string, more: Partial<EngineSend> = {}): EngineSend {
  return {
    wireId: newWireId(),
    chatId: ALICE,
    content: { type: 'text', text: body, linkPreview: true },
    ...more,
  };
}
