import { readFileSync } from 'node:fs';
import { SourceMap } from 'node:module';

/**
 * Part of every bundle: stack traces name files and lines of the sources. The map is read for the first trace that somebody
 * looks at, and let go again; by Node's `--enable-source-maps` each process would take 7 MiB more from its start.
 */
const bundle = process.argv[1] ?? '';
let kept: WeakRef<SourceMap> | undefined;

function sourceMap(): SourceMap {
  const map = kept?.deref() ?? new SourceMap(JSON.parse(readFileSync(`${bundle}.map`, 'utf8')));
  kept = new WeakRef(map);
  return map;
}

function inSources(frame: string): string {
  const [place, line, column] = /(?:file:\/\/)?\/[^():]*:(\d+):(\d+)/.exec(frame) ?? [];
  if (place === undefined || !place.includes(bundle)) return frame;
  const origin = sourceMap().findOrigin(Number(line), Number(column));
  if (!('fileName' in origin)) return frame;
  // Relative to where the bundle was made: from the project's folder it is the source's own path.
  const file = origin.fileName.replace(/^(?:\.\.\/)+/, '');
  return frame.replace(place, `${file}:${origin.lineNumber}:${origin.columnNumber}`);
}

Error.prepareStackTrace = (error, frames) => {
  // oxlint-disable-next-line typescript/no-base-to-string -- CallSite has its own toString, which its type leaves out
  const lines = frames.map((frame) => `    at ${String(frame)}`);
  try {
    return [String(error), ...lines.map(inSources)].join('\n');
  } catch {
    return [String(error), ...lines].join('\n'); // the map is gone: better the bundle's lines than none
  }
};
