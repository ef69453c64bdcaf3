import { z } from 'zod';
import type { Said } from './message.ts';

const Text = z.string().nullish().catch(null);
const Content = z.object({
  text: Text,
  caption: Text,
  mimetype: Text,
  filename: Text,
  vcards: z.array(z.string()).optional().catch(undefined),
  latitude: z.number().optional().catch(undefined),
  longitude: z.number().optional().catch(undefined),
  name: Text,
  address: Text,
  options: z.array(z.string()).optional().catch(undefined),
  allowMultiple: z.boolean().optional().catch(undefined),
});

/** What a message says, by the content of its row. */
export function saidOf(type: string, written: Readonly<Record<string, unknown>>): Said {
  const content = Content.parse(written);
  const { latitude, longitude, name = null, address = null, options, allowMultiple } = content;
  return {
    type,
    text: content.text ?? content.caption ?? null,
    mimetype: content.mimetype ?? null,
    filename: content.filename ?? null,
    vcards: content.vcards ?? [],
    location:
      latitude === undefined || longitude === undefined
        ? null
        : { latitude, longitude, name, address },
    poll:
      options === undefined
        ? null
        : { name: name ?? '', options, allowMultiple: allowMultiple === true },
  };
}
