import type { FactReport } from '../../../shared/protocol/runner-reports.ts';
import { fields, number, text, type Fields } from './payload.ts';

export type Received = Extract<FactReport, { kind: 'message.received' }>;

/** Types whose `body` is what a person wrote or chose; of every other type it may be a thumbnail in base64. */
const WRITTEN = new Set(['chat', 'buttons_response', 'list_response', 'template_button_reply']);

export function textOf(data: Fields, type: string): string | null {
  const caption = text(data['caption']);
  if (text(data['directPath']) === null && caption === null) {
    return WRITTEN.has(type) ? text(data['body']) : null;
  }
  // A document without a caption carries its file name as one.
  return type === 'document' && caption === text(data['filename']) ? null : caption;
}

export function mediaOf(data: Fields): Received['media'] {
  if (text(data['directPath']) === null) return null;
  return {
    mimetype: text(data['mimetype']) ?? 'application/octet-stream',
    filename: text(data['filename']),
    sizeBytes: Math.max(0, Math.trunc(number(data['size']) ?? 0)),
    mediaId: null,
    error: null,
  };
}

export function locationOf(data: Fields, type: string): Received['location'] {
  const latitude = number(data['lat']);
  const longitude = number(data['lng']);
  if (type !== 'location' || latitude === null || longitude === null) return null;
  const [name = null, ...address] = text(data['loc'])?.split('\n') ?? [];
  return { latitude, longitude, name, address: text(address.join('\n')) };
}

export function vcardsOf(data: Fields, type: string): string[] {
  if (type === 'vcard') return [text(data['body'])].filter((card) => card !== null);
  if (type !== 'multi_vcard' || !Array.isArray(data['vcardList'])) return [];
  return data['vcardList']
    .map((card) => text(fields(card)['vcard']))
    .filter((card) => card !== null);
}

export function pollOf(data: Fields, type: string): Received['poll'] {
  if (type !== 'poll_creation') return null;
  const options = Array.isArray(data['pollOptions']) ? data['pollOptions'] : [];
  const names = options.map((option) => text(fields(option)['name']) ?? text(option));
  return {
    name: text(data['pollName']) ?? '',
    options: names.filter((name) => name !== null),
    // WhatsApp's 0 is "as many as one likes".
    allowMultiple: number(data['pollSelectableOptionsCount']) !== 1,
  };
}
