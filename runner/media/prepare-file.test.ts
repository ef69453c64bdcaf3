import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { OutboundContent } from '../../shared/catalogue/message-kinds.ts';
import { createFfmpeg } from './ffmpeg.ts';
import { createFilePreparation } from './prepare-file.ts';
import { testFfmpeg } from './testing/env.ts';
import { makeSample, type Sample } from './testing/samples.ts';
import { barsOf } from './voice.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'waypost-media-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const prepare = createFilePreparation(testFfmpeg());
const content = (type: 'voice' | 'sticker' | 'audio', mimetype: string): OutboundContent => ({
  type,
  mediaId: 'm',
  mimetype,
  filename: 'a.b',
});

it.each<[Sample, string]>([
  ['tone.mp3', 'audio/mpeg'],
  ['tone.m4a', 'audio/x-m4a'],
  ['tone.wav', 'audio/wav'],
  ['stereo.ogg', 'audio/ogg; codecs=opus'],
  ['clip.mp4', 'video/mp4'],
])('%s becomes a voice message with its length and waveform', async (name, mimetype) => {
  const file = await prepare(content('voice', mimetype), makeSample(dir, name));
  const bytes = readFileSync(file.path);
  expect(bytes.toString('latin1', 0, 4)).toBe('OggS');
  expect(bytes.toString('latin1', 28, 36)).toBe('OpusHead');
  expect(bytes[37], 'channels').toBe(1);
  expect(bytes.readUInt32LE(40), 'rate').toBe(48_000);
  expect(file.content).toEqual({ type: 'voice', mediaId: 'm', mimetype: 'audio/ogg; codecs=opus' });
  expect(file.sound?.seconds).toBe(2);
  expect(file.sound?.waveform).toHaveLength(64);
  // An even tone, all of it loud.
  expect(Math.min(...(file.sound?.waveform.slice(2, -4) ?? []))).toBeGreaterThan(50);
  await file.remove();
  expect(readdirSync(dir)).toEqual([]);
});

it('a voice message stays as it is, and is measured', async () => {
  const path = makeSample(dir, 'voice.ogg');
  const file = await prepare(content('voice', 'audio/ogg; codecs=opus'), path);
  expect(file).toMatchObject({ path, sound: { seconds: 2 } });
});

it.each<[Sample, string]>([
  ['picture.png', 'image/png'],
  ['picture.jpg', 'image/jpeg'],
  ['picture.webp', 'image/webp'],
  ['moving.gif', 'image/gif'],
])('%s becomes a sticker', async (name, mimetype) => {
  const file = await prepare(content('sticker', mimetype), makeSample(dir, name));
  expect(file.content).toMatchObject({ mimetype: 'image/webp' });
  const bytes = readFileSync(file.path);
  expect(bytes.toString('latin1', 8, 16)).toBe('WEBPVP8X');
  expect([bytes.readUIntLE(24, 3) + 1, bytes.readUIntLE(27, 3) + 1]).toEqual([512, 512]);
  expect(((bytes[20] ?? 0) & 2) !== 0, 'animated').toBe(name === 'moving.gif');
  const again = await prepare(content('sticker', 'image/webp'), file.path);
  expect(again.path, 'a sticker stays as it is').toBe(file.path);
});

it('other kinds are left alone', async () => {
  const path = makeSample(dir, 'tone.mp3');
  const audio = content('audio', 'audio/mpeg');
  expect(await prepare(audio, path)).toMatchObject({ path, content: audio, sound: null });
});

it.each<[string, () => string, OutboundContent, string]>([
  ['no sound', () => makeSample(dir, 'silent.mp3'), content('voice', 'audio/mpeg'), 'no sound'],
  [
    'no audio track',
    () => makeSample(dir, 'silent.mp4'),
    content('voice', 'video/mp4'),
    'converted',
  ],
  ['noise', () => written(Buffer.alloc(5_000, 1)), content('voice', 'audio/mpeg'), 'converted'],
  ['nothing', () => written(Buffer.alloc(0)), content('voice', 'audio/ogg'), 'converted'],
  ['half a picture', () => written(half()), content('sticker', 'image/gif'), 'converted'],
  [
    'an animated WebP of another size',
    () => makeSample(dir, 'moving.webp'),
    content('sticker', 'image/webp'),
    '512×512',
  ],
  // ffmpeg would open what a playlist names, if it took the file for one.
  [
    'a playlist',
    () => written(Buffer.from(`#EXTM3U\n#EXTINF:1,\nfile:${makeSample(dir, 'tone.mp3')}\n`)),
    content('voice', 'audio/mpeg'),
    'converted',
  ],
])('%s is refused, and nothing is left', async (_, make, said, message) => {
  const path = make();
  await expect(prepare(said, path)).rejects.toMatchObject({
    code: 'MEDIA_REJECTED',
    message: expect.stringContaining(message),
  });
  expect(readdirSync(dir).filter((name) => name !== 'tone.mp3')).toEqual([]);
});

const written = (bytes: Buffer): string => {
  const path = join(dir, 'file');
  writeFileSync(path, bytes);
  return path;
};
const half = (): Buffer => {
  const path = makeSample(dir, 'moving.gif');
  const bytes = readFileSync(path);
  rmSync(path);
  return bytes.subarray(0, 20);
};

it('a runner without ffmpeg says so', async () => {
  const ffmpeg = createFfmpeg(join(dir, 'none'));
  await expect(ffmpeg({ path: 'x', mimetype: 'audio/mpeg' }, [])).rejects.toMatchObject({
    code: 'NOT_SUPPORTED',
  });
});

it.each([
  [[1, 2], 64],
  [Array.from({ length: 1_000 }, (_, at) => at), 64],
])('%j has 64 bars, of which the loudest is 100', (levels, bars) => {
  expect(barsOf(levels)).toHaveLength(bars);
  expect(Math.max(...barsOf(levels))).toBe(100);
});
