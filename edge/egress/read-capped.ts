/** Settles with the work, or rejects when the deadline comes first: a body that drips does not observe the signal itself. */
export async function withDeadline<Value>(
  work: Promise<Value>,
  deadline: AbortSignal,
): Promise<Value> {
  deadline.throwIfAborted();
  return new Promise<Value>((resolve, reject) => {
    const abort = (): void => reject(deadline.reason);
    deadline.addEventListener('abort', abort, { once: true });
    work.then(resolve, reject).finally(() => deadline.removeEventListener('abort', abort));
  });
}

/** Reads at most `maxBytes` of a body and drops the connection after that, whatever Content-Length says. */
export async function readCapped(
  response: Response,
  maxBytes: number,
  deadline: AbortSignal,
): Promise<{ body: Uint8Array; truncated: boolean }> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  if (response.body === null) return { body: new Uint8Array(), truncated: false };
  const reader: ReadableStreamDefaultReader<Uint8Array> = response.body.getReader();
  try {
    while (size <= maxBytes) {
      const { value, done } = await withDeadline(reader.read(), deadline);
      if (done) break;
      chunks.push(value);
      size += value.byteLength;
    }
  } finally {
    // The stream may already have failed; there is nothing more to give up then.
    await reader.cancel().catch(() => undefined);
  }
  const body = new Uint8Array(Math.min(size, maxBytes));
  let offset = 0;
  for (const chunk of chunks) {
    body.set(chunk.subarray(0, Math.max(0, body.byteLength - offset)), offset);
    offset += Math.min(chunk.byteLength, body.byteLength - offset);
  }
  return { body, truncated: size > maxBytes };
}
