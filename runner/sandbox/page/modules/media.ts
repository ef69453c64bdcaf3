import type { Core } from '../core.ts';
import { nowSeconds } from '../core.ts';
import { ServerStatusCodeError } from '../errors.ts';
import { Model } from '../model.ts';
import type { Attributes } from '../model.ts';
import { encodeBase64, randomBase64 } from '../session/keys.ts';

/** Blobs kept between preparing and uploading. */
const cachedBlobs = 8;
const thumbnailPixels = 72;

class OpaqueData {
  readonly mimetype: string;
  readonly #blob: Blob;
  #url: string | null = null;

  constructor(blob: Blob, mimetype: string) {
    this.#blob = blob;
    this.mimetype = mimetype;
  }

  static createFromData(data: Blob, mimetype?: string): Promise<OpaqueData> {
    return Promise.resolve(new OpaqueData(data, mimetype ?? data.type));
  }

  url(): string {
    this.#url ??= URL.createObjectURL(this.#blob);
    return this.#url;
  }
  autorelease(): void {
    if (this.#url !== null) URL.revokeObjectURL(this.#url);
    this.#url = null;
  }
  formData(): Blob {
    return this.#blob;
  }
  forceToBlob(): Blob {
    return this.#blob;
  }
  size(): number {
    return this.#blob.size;
  }
}

class MediaData extends Model {
  override toJSON(): Attributes {
    const { mediaBlob: _blob, ...rest } = Object.fromEntries(Object.entries(this));
    return rest;
  }
}

type MediaWish = { asSticker?: boolean; asGif?: boolean; isPtt?: boolean; asDocument?: boolean };

function kindOf(mimetype: string, wish: MediaWish): string {
  if (wish.asDocument === true) return 'document';
  if (wish.asSticker === true) return 'sticker';
  if (wish.isPtt === true) return 'ptt';
  const [family] = mimetype.split('/');
  return family === 'image' || family === 'video' || family === 'audio' ? family : 'document';
}

async function shrink(blob: Blob): Promise<Attributes> {
  let bitmap: ImageBitmap;
  try {
    bitmap = await createImageBitmap(blob);
  } catch {
    // Not an image this browser can read: it is sent without a thumbnail, as WhatsApp does.
    return {};
  }
  return thumbnail(bitmap, bitmap.width, bitmap.height);
}

async function thumbnail(
  source: CanvasImageSource,
  width: number,
  height: number,
): Promise<Attributes> {
  const scale = Math.min(1, thumbnailPixels / Math.max(width, height));
  const canvas = new OffscreenCanvas(Math.max(1, width * scale), Math.max(1, height * scale));
  canvas.getContext('2d')?.drawImage(source, 0, 0, canvas.width, canvas.height);
  const small = await canvas.convertToBlob({ type: 'image/jpeg', quality: 0.5 });
  return { width, height, preview: encodeBase64(await small.arrayBuffer()) };
}

/** Loads as much of a video or sound as the browser needs to show it. Rejects where it cannot play it. */
async function load<Name extends 'audio' | 'video'>(
  name: Name,
  blob: Blob,
): Promise<HTMLElementTagNameMap[Name]> {
  const element = document.createElement(name);
  const url = URL.createObjectURL(blob);
  const loaded = new Promise((resolve, reject) => {
    element.addEventListener('loadeddata', resolve);
    element.addEventListener('error', () => reject(new Error('media-fault: cannot be played')));
  });
  element.preload = 'auto';
  element.src = url;
  try {
    await loaded;
  } finally {
    URL.revokeObjectURL(url);
  }
  return element;
}

/** What shows before a file is opened: size, length and thumbnail. A video that the browser cannot play is not sent. */
async function look(type: string, blob: Blob): Promise<Attributes> {
  switch (type) {
    case 'image':
      return shrink(blob);
    case 'video': {
      const video = await load('video', blob);
      const shown = await thumbnail(video, video.videoWidth, video.videoHeight);
      return { ...shown, duration: Math.round(video.duration) };
    }
    case 'audio':
    case 'ptt':
      try {
        return { duration: Math.round((await load('audio', blob)).duration) };
      } catch {
        return {};
      }
    default:
      return {};
  }
}

/** Phones show no other sticker. */
async function checkSticker(blob: Blob): Promise<void> {
  const { width, height } = await createImageBitmap(blob);
  if (blob.type !== 'image/webp' || width !== 512 || height !== 512)
    throw new Error(`media-fault: a sticker of ${blob.type}, ${width}×${height}`);
}

async function prepare(data: OpaqueData, wish: MediaWish): Promise<MediaData> {
  const blob = data.forceToBlob();
  const type = kindOf(blob.type, wish);
  const digest = await crypto.subtle.digest('SHA-256', await blob.arrayBuffer());
  return new MediaData({
    type,
    mimetype: blob.type,
    filehash: encodeBase64(digest),
    size: blob.size,
    filename: type === 'document' && blob instanceof File ? blob.name : undefined,
    isGif: wish.asGif ?? false,
    mediaStage: 'RESOLVED',
    mediaBlob: data,
    ...(await look(type, blob)),
  });
}

type MediaObject = {
  filehash: string;
  contentInfo: Attributes;
  consolidate: (from: Attributes) => void;
} & Attributes;

function newMediaObject(filehash: string): MediaObject {
  const object: MediaObject = {
    filehash,
    contentInfo: {},
    consolidate: ({ type, size, mimetype }) => {
      Object.assign(object, { type, size, mimetype });
    },
  };
  return object;
}

async function upload(core: Core, blob: Blob, kind: string): Promise<Attributes> {
  const response = await fetch(`/mms/${kind}?device=${String(core.me.deviceId)}`, {
    method: 'POST',
    body: blob,
    headers: { 'content-type': blob.type === '' ? 'application/octet-stream' : blob.type },
  });
  if (!response.ok) throw new ServerStatusCodeError(response.status, 'media upload failed');
  // The sandbox's own web server answers.
  const { url, directPath } = (await response.json()) as { url: string; directPath: string };
  return {
    url,
    mmsUrl: url,
    deprecatedMms3Url: url,
    directPath,
    mediaKey: randomBase64(32),
    mediaKeyTimestamp: nowSeconds(),
    encFilehash: randomBase64(32),
    uploadHash: randomBase64(32),
    handle: randomBase64(32),
  };
}

async function download(core: Core, directPath: string): Promise<ArrayBuffer> {
  const joint = directPath.includes('?') ? '&' : '?';
  const response = await fetch(`${directPath}${joint}device=${String(core.me.deviceId)}`);
  if (!response.ok) throw new ServerStatusCodeError(response.status, 'media is not there any more');
  return response.arrayBuffer();
}

async function toSticker(file: Blob): Promise<Blob> {
  const bitmap = await createImageBitmap(file);
  const canvas = new OffscreenCanvas(512, 512);
  canvas.getContext('2d')?.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  return canvas.convertToBlob({ type: 'image/webp' });
}

/** Media, out and in. Files travel in clear: the sandbox has no end-to-end encryption to show. */
export function mediaModules(core: Core): Record<string, object> {
  const objects = new Map<string, MediaObject>();
  const blobs = new Map<string, Blob>();
  const uploadMedia = async ({
    mediaObject,
    mediaType,
  }: {
    mediaObject: MediaObject;
    mediaType: string;
  }) => {
    const blob = blobs.get(mediaObject.filehash);
    if (blob === undefined) throw new Error('media-fault: nothing prepared for this file hash');
    return { mediaEntry: await upload(core, blob, mediaType) };
  };
  return {
    WAWebMediaOpaqueData: OpaqueData,
    WAWebPrepRawMedia: {
      prepRawMedia: (data: OpaqueData, wish: MediaWish) => ({
        waitForPrep: () => prepare(data, wish),
      }),
    },
    WAWebMediaStorage: {
      getOrCreateMediaObject: (filehash: string) => {
        const object = objects.get(filehash) ?? newMediaObject(filehash);
        objects.set(filehash, object);
        return object;
      },
    },
    WAWebMmsMediaTypes: {
      msgToMediaType: ({ type }: { type: string }) => type,
      castToV4: (type: string) => type,
    },
    WAWebMediaDataUtils: { shouldUseMediaCache: () => true },
    WAWebMediaInMemoryBlobCache: {
      InMemoryMediaBlobCache: {
        put: (filehash: string, blob: Blob) => {
          blobs.set(filehash, blob);
          const [oldest] = blobs.keys();
          if (blobs.size > cachedBlobs && oldest !== undefined) {
            blobs.delete(oldest);
            objects.delete(oldest);
          }
        },
        get: (filehash: string) => blobs.get(filehash),
      },
    },
    WAMediaCalculateFilehash: { getRandomFilehash: () => Promise.resolve(randomBase64(32)) },
    WAWebMediaMmsV4Upload: { uploadMedia, uploadUnencryptedMedia: uploadMedia },
    WAWebUploadManager: {
      encryptAndUpload: async ({ blob, type }: { blob: Blob; type: string }) => {
        if (type === 'sticker') await checkSticker(blob);
        return upload(core, blob, type);
      },
    },
    WAWebStartMediaUploadQpl: { startMediaUploadQpl: () => ({}) },
    WAWebImageUtils: { toWebpSticker: toSticker },
    WAWebMediaUpdateMsg: () => undefined,
    WAWebDownloadManager: {
      downloadManager: {
        downloadAndMaybeDecrypt: ({ directPath }: { directPath: string }) =>
          download(core, directPath),
      },
    },
  };
}
