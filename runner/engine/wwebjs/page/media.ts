import type { WhatsAppPage } from './types.ts';

export type Fetched =
  | { ok: true; handle: string; sizeBytes: number }
  /** `documentId`: of the page that it failed on. */
  | { ok: false; error: string; documentId: string };

/**
 * Runs on the page. Fetches and decrypts a message's file and keeps it there, to be read piece by piece: the library's
 * own `downloadMedia` sends the whole file over as one base64 string, four times its size in memory. Null when the page was
 * loaded anew and is not ready yet; never throws.
 */
export async function fetchMedia(request: {
  wireKey: string;
  limit: number;
}): Promise<Fetched | null> {
  const page = globalThis as unknown as WhatsAppPage;
  const agent = page.__waypost;
  if (agent === undefined || page.WWebJS === undefined) return null;
  const failed = (error: string) => ({ ok: false, error, documentId: agent.documentId }) as const;
  const timings = { addAnnotations: () => timings, addPoint: () => timings };
  let bytes: ArrayBuffer;
  try {
    const { Msg } = page.require('WAWebCollections');
    const message =
      Msg.get(request.wireKey) ??
      Msg.getModelsArray().find((each) => String(each.id) === request.wireKey) ??
      (await Msg.getMessagesById([request.wireKey]))?.messages?.[0];
    if (message?.mediaData === undefined) return failed('the message has no file');
    if (message.mediaData.mediaStage !== 'RESOLVED') {
      await message.downloadMedia({ downloadEvenIfExpensive: true, rmrReason: 1 });
    }
    const stage = message.mediaData.mediaStage;
    if (stage.includes('ERROR') || stage === 'FETCHING' || stage === 'REUPLOADING') {
      return failed(`WhatsApp could not fetch the file (${stage})`);
    }
    bytes = await page.require('WAWebDownloadManager').downloadManager.downloadAndMaybeDecrypt({
      directPath: message.directPath,
      encFilehash: message.encFilehash,
      filehash: message.filehash,
      mediaKey: message.mediaKey,
      mediaKeyTimestamp: message.mediaKeyTimestamp,
      type: message.type,
      // Builds since September 2026 look it up (wwebjs/whatsapp-web.js #201908).
      mimetype: message.mimetype,
      signal: new AbortController().signal,
      downloadQpl: timings,
    });
  } catch (error) {
    const { status } = Object(error) as { status?: unknown };
    return failed(status === 404 ? 'WhatsApp no longer has the file' : String(error));
  }
  if (bytes.byteLength > request.limit) return failed('the file is too large');
  const handle = `${request.wireKey} ${Math.random()}`;
  agent.files.set(handle, new Uint8Array(bytes));
  return { ok: true, handle, sizeBytes: bytes.byteLength };
}

/** Runs on the page. Whether this is still the page that a file failed on. */
export async function isDocument(documentId: string): Promise<boolean> {
  return (globalThis as unknown as WhatsAppPage).__waypost?.documentId === documentId;
}

/** Runs on the page. One piece of a fetched file in base64; null when the page was reloaded since. */
export async function readPiece(request: {
  handle: string;
  offset: number;
  length: number;
}): Promise<string | null> {
  const bytes = (globalThis as unknown as WhatsAppPage).__waypost?.files.get(request.handle);
  if (bytes === undefined) return null;
  const end = Math.min(bytes.length, request.offset + request.length);
  let binary = '';
  // fromCharCode takes its arguments from the stack, which a larger step would overflow.
  for (let at = request.offset; at < end; at += 0x8000) {
    binary += String.fromCharCode(...bytes.subarray(at, Math.min(end, at + 0x8000)));
  }
  return btoa(binary);
}

/** Runs on the page. Takes a piece of a file that is to be sent. @throws when the page was loaded anew meanwhile */
export async function putPiece(request: {
  documentId: string;
  handle: string;
  sizeBytes: number;
  offset: number;
  base64: string;
}): Promise<void> {
  const agent = (globalThis as unknown as WhatsAppPage).__waypost;
  if (agent?.documentId !== request.documentId) throw new Error('WhatsApp Web was loaded anew');
  const bytes = agent.files.get(request.handle) ?? new Uint8Array(request.sizeBytes);
  agent.files.set(request.handle, bytes);
  const binary = atob(request.base64);
  for (let at = 0; at < binary.length; at += 1) bytes[request.offset + at] = binary.charCodeAt(at);
}

/** Runs on the page. */
export async function dropFile(handle: string): Promise<void> {
  (globalThis as unknown as WhatsAppPage).__waypost?.files.delete(handle);
}
