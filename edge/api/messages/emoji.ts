import { z } from '@hono/zod-openapi';

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** A flag, a keycap, or something that starts with a picture: digits and letters have emoji forms, but are none. */
const EMOJI = /^(?:\p{RI}{2}$|[0-9#*]\uFE0F?\u20E3$|\p{Extended_Pictographic})/u;

/** Exactly one emoji, whatever it is made of: skin tones, joined ones, flags. */
export const isOneEmoji = (text: string): boolean =>
  EMOJI.test(text) && Array.from(graphemes.segment(text)).length === 1;

/** An emoji, or nothing. */
export const Emoji = z
  .string()
  .max(64)
  .refine((text) => text === '' || isOneEmoji(text), 'must be exactly one emoji, or empty')
  .openapi({ description: 'Exactly one emoji.', example: '👍' });
