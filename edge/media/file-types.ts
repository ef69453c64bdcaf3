import { sniffMimetype } from './sniff-mimetype.ts';

/** What a file is: its MIME type, and the ending that a file of this type has; null where nothing is known of it. */
export type FileType = { mimetype: string; ending: string | null };

/** As many bytes at the beginning of a file decide. */
export const SNIFFED_BYTES = 4_100;

const UNKNOWN: FileType = { mimetype: 'application/octet-stream', ending: null };

/** Types that have no signature: the name says which of them a file without one is. */
const UNSIGNED: Readonly<Record<string, string>> = {
  txt: 'text/plain',
  log: 'text/plain',
  md: 'text/markdown',
  csv: 'text/csv',
  tsv: 'text/tab-separated-values',
  html: 'text/html',
  htm: 'text/html',
  css: 'text/css',
  js: 'text/javascript',
  json: 'application/json',
  yaml: 'application/yaml',
  yml: 'application/yaml',
  xml: 'application/xml',
  svg: 'image/svg+xml',
  ics: 'text/calendar',
  vcf: 'text/vcard',
  eml: 'message/rfc822',
};

/** Types that a general one holds: its signature does not say which of them a file is. */
const WITHIN: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  cfb: {
    doc: 'application/msword',
    xls: 'application/vnd.ms-excel',
    ppt: 'application/vnd.ms-powerpoint',
    msg: 'application/vnd.ms-outlook',
    msi: 'application/x-msi',
  },
  zip: {
    docx: 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
    xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
    pptx: 'application/vnd.openxmlformats-officedocument.presentationml.presentation',
    odt: 'application/vnd.oasis.opendocument.text',
    ods: 'application/vnd.oasis.opendocument.spreadsheet',
    odp: 'application/vnd.oasis.opendocument.presentation',
    epub: 'application/epub+zip',
    apk: 'application/vnd.android.package-archive',
    jar: 'application/java-archive',
  },
  xml: { svg: 'image/svg+xml', html: 'text/html', kml: 'application/vnd.google-earth.kml+xml' },
  gz: { tgz: 'application/gzip' },
  pdf: { ai: 'application/pdf' },
};

/** Endings whose files always have their signature: a file without it is none. */
const SIGNED = new Set(
  [
    'jpg jpeg png gif webp bmp tif tiff heic avif psd pdf rtf doc xls ppt docx xlsx pptx odt ods odp epub zip rar 7z gz tgz',
    'mp4 m4v mov 3gp webm mkv avi wmv m4a ogg opus wav flac amr exe apk jar woff woff2 sqlite',
  ].flatMap((endings) => endings.split(' ')),
);

/** Endings of one type, or of types that share a signature. */
const ALIKE = [
  ['jpg', 'jpeg', 'jfif'],
  ['tif', 'tiff', 'dng', 'nef', 'cr2', 'arw'],
  ['mpg', 'mpeg'],
  ['ogg', 'oga', 'ogv', 'opus'],
  ['mp4', 'm4v', 'm4a', 'm4b', 'mov', '3gp', '3g2'],
  ['mkv', 'mka', 'webm'],
  ['asf', 'wmv', 'wma'],
  ['ps', 'eps', 'ai'],
];

const fitsEnding = (found: string, ending: string): boolean =>
  found === ending || ALIKE.some((endings) => endings.includes(found) && endings.includes(ending));

/**
 * The type of a file by its first bytes; null when they are the signature of none.
 * @see https://github.com/sindresorhus/file-type#supported-file-types
 */
export async function sniffType(head: Uint8Array): Promise<FileType | null> {
  const image = sniffMimetype(head);
  if (image !== null)
    return { mimetype: image, ending: image.replace(/.*\//, '').replace('jpeg', 'jpg') };
  // Loaded when it is first needed: most sends have no file.
  const { fileTypeFromBuffer } = await import('file-type');
  const found = await fileTypeFromBuffer(head);
  if (found !== undefined) return { mimetype: found.mime, ending: found.ext };
  // As browsers see it: https://mimesniff.spec.whatwg.org/#identifying-a-resource-with-an-unknown-mime-type
  const text = new TextDecoder().decode(head.subarray(0, 512)).trimStart();
  return /^<(?:!doctype html|html|head|body|script|title)\b/i.test(text)
    ? { mimetype: 'text/html', ending: 'html' }
    : null;
}

export const endingOf = (name: string | null): string | null =>
  /\.([a-z0-9]{1,5})$/i.exec(name ?? '')?.[1]?.toLowerCase() ?? null;

/** The endings of types whose files may have no name. */
const ENDINGS: Readonly<Record<string, string>> = {
  'image/jpeg': 'jpg',
  'image/png': 'png',
  'image/gif': 'gif',
  'image/webp': 'webp',
  'video/mp4': 'mp4',
  'video/3gpp': '3gp',
  'video/quicktime': 'mov',
  'video/webm': 'webm',
  'audio/mpeg': 'mp3',
  'audio/mp4': 'm4a',
  'audio/x-m4a': 'm4a',
  'audio/aac': 'aac',
  'audio/amr': 'amr',
  'audio/ogg': 'ogg',
  'audio/wav': 'wav',
  'audio/flac': 'flac',
};
/** Endings by type, for files without a name. */
export const ENDINGS_OF_TYPES = JSON.stringify(ENDINGS);

export const endingOfType = (mimetype: string): string | null =>
  ENDINGS[mimetype.replace(/\s*;.*/, '')] ?? null;

/**
 * The type of a file by its content, then by its name.
 * @returns null when the name names a type that the content is not
 */
function typeByName(found: FileType | null, name: string | null): FileType | null {
  const ending = endingOf(name);
  if (ending === null) return found ?? UNKNOWN;
  const unsigned = UNSIGNED[ending];
  if (found?.ending == null)
    return SIGNED.has(ending) ? null : { mimetype: unsigned ?? UNKNOWN.mimetype, ending };
  const within = WITHIN[found.ending]?.[ending];
  if (within !== undefined) return { mimetype: within, ending };
  if (fitsEnding(found.ending, ending)) return { mimetype: found.mimetype, ending };
  if (unsigned !== undefined && found.ending in UNSIGNED) return { mimetype: unsigned, ending };
  return SIGNED.has(ending) || unsigned !== undefined ? null : found;
}

/**
 * Of a file that is stored with its right ending: what that may be for it to get this name. Null: whatever it is, since the name
 * says nothing of its type.
 */
export function endingsFor(name: string): string[] | null {
  const ending = endingOf(name);
  if (ending === null || !(SIGNED.has(ending) || ending in UNSIGNED)) return null;
  const known = [...SIGNED, ...Object.keys(UNSIGNED), ...ALIKE.flat(), ...Object.values(ENDINGS)];
  return [...new Set(known)].filter(
    (own) => typeByName({ mimetype: '', ending: own }, name) !== null,
  );
}

/** The name with the ending that its type implies. */
function withEnding(name: string, { ending }: FileType): string {
  const own = endingOf(name);
  if (ending === null || (own !== null && fitsEnding(ending, own))) return name;
  return `${name}.${ending}`;
}

/**
 * A file's type by its content, then by its name, and its name with the ending of that type.
 * @param isGiven the caller gave the name; one that was found beside the file may have the wrong ending, which is replaced
 * @returns null when the name names a type that the content is not
 */
export function nameFile(
  found: FileType | null,
  name: string | null,
  isGiven: boolean,
): { type: FileType; filename: string } | null {
  const type = typeByName(found, name);
  if (type !== null) return { type, filename: withEnding(name ?? 'file', type) };
  // Pictures are often served as another format than their name says; a page in place of a file is an error.
  if (isGiven || found?.ending == null || found.ending in UNSIGNED) return null;
  return { type: found, filename: withEnding((name ?? 'file').replace(/\.[^.]*$/, ''), found) };
}

const mainType = (mimetype: string): string => mimetype.replace(/[/;].*/, '');
const isSound = (main: string): boolean => main === 'audio' || main === 'video';

/** Whether a file is declared as what its content shows that it is not. Names of one type differ too much to be compared. */
export function contradicts(declared: string, found: FileType | null): boolean {
  const said = declared.toLowerCase();
  const [main, is] = [mainType(said), found === null ? null : mainType(found.mimetype)];
  if (said === 'application/pdf') return found?.ending !== 'pdf';
  if (main === 'text')
    return is !== null && (is === 'image' || isSound(is) || found?.ending === 'pdf');
  if (main === 'image' && !said.includes('svg')) {
    const sameName = said.replace('jpg', 'jpeg').startsWith(found?.mimetype ?? '-');
    return is !== 'image' || (!sameName && /^image\/(?:png|jpe?g|gif|webp)\b/.test(said));
  }
  return isSound(main) && is !== null && !isSound(is);
}
