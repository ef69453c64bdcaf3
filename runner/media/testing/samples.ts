import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { words } from '../ffmpeg.ts';
import { testFfmpeg } from './env.ts';

const TONE = '-f lavfi -i sine=frequency=440:duration=2';
const PICTURE = '-f lavfi -i testsrc=size=64x48:rate=5:duration=1';

/** Files that ffmpeg makes, by name: its options but for the output. */
const SAMPLES = {
  'tone.mp3': `${TONE} -ac 2`,
  'tone.m4a': `${TONE} -c:a aac`,
  'tone.wav': TONE,
  'stereo.ogg': `${TONE} -ac 2 -c:a libopus`,
  'voice.ogg': `${TONE} -ac 1 -ar 48000 -c:a libopus`,
  'silent.mp3': '-f lavfi -i anullsrc -t 1',
  'silent.mp4': `${PICTURE} -c:v libx264 -pix_fmt yuv420p`,
  'clip.mp4': `${PICTURE} ${TONE} -c:v libx264 -pix_fmt yuv420p -c:a aac`,
  'picture.png': `${PICTURE} -frames:v 1`,
  'picture.jpg': `${PICTURE} -frames:v 1`,
  'picture.webp': `${PICTURE} -frames:v 1`,
  'moving.gif': PICTURE,
  'moving.webp': `${PICTURE} -c:v libwebp_anim`,
};

export type Sample = keyof typeof SAMPLES;

/** @returns its path in the folder */
export function makeSample(dir: string, name: Sample): string {
  const path = join(dir, name);
  execFileSync(testFfmpeg(), [
    '-nostdin',
    '-loglevel',
    'error',
    '-y',
    ...words(SAMPLES[name]),
    path,
  ]);
  return path;
}
