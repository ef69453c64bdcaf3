/**
 * Gives a chunk's memory back now. V8 waits with the collection of buffers until they are 64 MB, which is what a copy may
 * not take. A chunk that shares its memory with others is left to the collector.
 */
export function release(chunk: Uint8Array): void {
  const { buffer } = chunk;
  const isWhole = chunk.byteLength > 0 && chunk.byteLength === buffer.byteLength;
  if (isWhole && buffer instanceof ArrayBuffer) buffer.transfer(0);
}
