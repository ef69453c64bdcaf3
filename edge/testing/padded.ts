const CHUNK = new Uint8Array(64 * 1024).fill(0x20);

/** This text and spaces up to so many bytes, of which only as much is made as is read. */
export function padded(
  text: string,
  size: number,
  onRead: (bytes: number) => void = () => undefined,
): ReadableStream<Uint8Array> {
  let left = size;
  return new ReadableStream<Uint8Array>({
    pull(controller) {
      if (left <= 0) return controller.close();
      const chunk = left === size && text !== '' ? new TextEncoder().encode(text) : CHUNK.slice();
      left -= chunk.length;
      onRead(chunk.length);
      controller.enqueue(chunk);
    },
  });
}
