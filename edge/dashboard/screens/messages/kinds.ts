import type { Schemas } from '../../api/client.ts';

/** How a field of a body is asked for. */
export type Field = {
  /** In the body. */
  name: string;
  label: FieldLabel;
  as: 'line' | 'text' | 'lines' | 'number' | 'flag' | 'file';
  required?: true;
};
type FieldLabel =
  | 'text'
  | 'url'
  | 'caption'
  | 'filename'
  | 'viewOnce'
  | 'asGif'
  | 'latitude'
  | 'longitude'
  | 'name'
  | 'question'
  | 'address'
  | 'phone'
  | 'options'
  | 'allowMultiple';

/** A field that the API's body has, or one that `bodyOf` puts in its place. */
const of =
  <Body>() =>
  (name: keyof Body & string, label: FieldLabel, as: Field['as'], required?: true): Field => ({
    name,
    label,
    as,
    ...(required && { required }),
  });

const text = of<Schemas['SendTextBody']>();
const image = of<Schemas['SendImageBody']>();
const video = of<Schemas['SendVideoBody']>();
const audio = of<Schemas['SendAudioBody']>();
const voice = of<Schemas['SendVoiceBody']>();
const document = of<Schemas['SendDocumentBody']>();
const sticker = of<Schemas['SendStickerBody']>();
const location = of<Schemas['SendLocationBody']>();
const contact = of<Schemas['ContactCard']>();
const poll = of<Schemas['SendPollBody']>();

/** Every kind that can be sent, with the fields that people need. */
export const KINDS = {
  text: [text('text', 'text', 'text', true)],
  image: [
    image('url', 'url', 'file'),
    image('caption', 'caption', 'line'),
    image('viewOnce', 'viewOnce', 'flag'),
  ],
  video: [
    video('url', 'url', 'file'),
    video('caption', 'caption', 'line'),
    video('asGif', 'asGif', 'flag'),
    video('viewOnce', 'viewOnce', 'flag'),
  ],
  audio: [audio('url', 'url', 'file')],
  voice: [voice('url', 'url', 'file')],
  document: [
    document('url', 'url', 'file'),
    document('filename', 'filename', 'line'),
    document('caption', 'caption', 'line'),
  ],
  sticker: [sticker('url', 'url', 'file')],
  location: [
    location('latitude', 'latitude', 'number', true),
    location('longitude', 'longitude', 'number', true),
    location('name', 'name', 'line'),
    location('address', 'address', 'line'),
  ],
  contact: [contact('name', 'name', 'line', true), contact('phones', 'phone', 'line', true)],
  poll: [
    poll('name', 'question', 'line', true),
    poll('options', 'options', 'lines', true),
    poll('allowMultiple', 'allowMultiple', 'flag'),
  ],
} satisfies Record<string, readonly Field[]>;

export type Kind = keyof typeof KINDS;
// Object.keys says string; the table is closed.
export const KIND_NAMES = Object.keys(KINDS) as Kind[];

export const fieldsOf = (kind: Kind): readonly Field[] => KINDS[kind];
