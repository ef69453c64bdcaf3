import type { IncomingHttpHeaders } from 'node:http';
import type { RunningService } from '../service-process.ts';
import { serve } from './serve.ts';

/** A PNG of one transparent pixel. */
export const PIXEL_PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);

/** Beginnings of files, by which their type is found. */
const BEGINNINGS: Readonly<Record<string, Buffer>> = {
  'clip.mp4': Buffer.from('\0\0\0\x18ftypmp42\0\0\0\0mp42isom', 'latin1'),
  'song.mp3': Buffer.from('\xff\xfb\x90\x44\0\0\0\0', 'latin1'),
  'plan.pdf': Buffer.from('%PDF-1.7'),
};

/**
 * A site of files as callers name them: `/pixel.png`; `/page.png`, which is HTML; `/empty.png`; `/status/:code`;
 * `/size/:bytes`, a PNG of that many bytes; `/redirect/:hops`, which ends at `/pixel.png`; `/away?to=<url>`;
 * `/part/:bytes`, the first bytes of the pixel with their own length (`?announce=` with another one, `?chunked` with none);
 * `/clip.mp4`, `/song.mp3` and `/plan.pdf`, which end after their beginning; `/data/:name?base64=`, those bytes; `/held/:name`, the pixel once `/release/:name` was asked for;
 * `/drip`, a byte of the pixel at a time, without an end; any other path is the pixel, with `?disposition=` as its Content-Disposition.
 * `/asked` lists the requests so far: path and headers.
 */
export function startFileServer(): Promise<RunningService> {
  const asked: { path: string; headers: IncomingHttpHeaders }[] = [];
  const held = new Map<string, PromiseWithResolvers<void>>();
  const hold = (name: string): PromiseWithResolvers<void> => {
    const gate = held.get(name) ?? Promise.withResolvers<void>();
    held.set(name, gate);
    return gate;
  };
  return serve((request, response) => {
    const url = new URL(request.url ?? '/', 'http://files.test');
    const [, first = '', second = ''] = url.pathname.split('/');
    const count = Number(second);
    if (first === 'asked') return void response.end(JSON.stringify(asked));
    if (first === 'release') {
      hold(second).resolve();
      return void response.end();
    }
    asked.push({ path: url.pathname, headers: request.headers });
    if (first === 'status') return void response.writeHead(count).end('no');
    if (first === 'away')
      return void response.writeHead(302, { location: url.searchParams.get('to') ?? '/' }).end();
    if (first === 'redirect') {
      const location = count > 1 ? `/redirect/${count - 1}` : '/pixel.png';
      return void response.writeHead(302, { location }).end();
    }
    if (first === 'part') {
      const part = PIXEL_PNG.subarray(0, count);
      const length = url.searchParams.get('announce') ?? String(part.length);
      const chunked = url.searchParams.has('chunked');
      response.writeHead(200, chunked ? {} : { 'content-length': length });
      response.write(part);
      if (chunked || Number(length) === part.length) response.end();
      else setImmediate(() => response.destroy());
      return;
    }
    const beginning = BEGINNINGS[first];
    if (beginning !== undefined) return void response.end(beginning);
    if (first === 'data')
      return void response.end(Buffer.from(url.searchParams.get('base64') ?? '', 'base64'));
    const disposition = url.searchParams.get('disposition');
    if (disposition !== null) response.setHeader('content-disposition', disposition);
    response.writeHead(200, { 'content-type': 'image/png' });
    if (first === 'page.png') response.end('<!doctype html><title>not an image</title>');
    else if (first === 'empty.png') response.end();
    else if (first === 'size')
      response.end(Buffer.concat([PIXEL_PNG, Buffer.alloc(count - PIXEL_PNG.length)]));
    else if (first === 'drip') {
      let sent = 0;
      const timer = setInterval(() => {
        sent += 1;
        response.write(PIXEL_PNG.subarray(sent - 1, sent));
      }, 20);
      response.on('close', () => clearInterval(timer));
    } else if (first === 'held') void hold(second).promise.then(() => response.end(PIXEL_PNG));
    else response.end(PIXEL_PNG);
  });
}
