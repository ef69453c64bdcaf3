import { open } from 'node:fs/promises';
import { AppError } from '../../shared/errors.ts';
import { type Ffmpeg, type MediaSource, words } from './ffmpeg.ts';

/** What a voice message shows before it is played. */
export type Sound = {
  seconds: number;
  /** 64 levels from 0 to 100. */
  waveform: number[];
};

const VOICE = 'audio/ogg; codecs=opus';
const BARS = 64;
const RATE = 8_000;
/** Samples of which one level is taken: 50 ms. */
const BLOCK = RATE / 20;
/** Of 32,767: what coding makes of nothing stays below. */
const SILENCE = 4;
const AS_VOICE =
  '-map 0:a:0 -vn -map_metadata -1 -t 3600 -ac 1 -ar 48000 -c:a libopus -b:a 32k -application voip -f ogg';

/**
 * Makes a voice message: Ogg with Opus, 48 kHz, mono. A file that is one already stays as it is.
 * @param target path for a new file
 * @throws AppError MEDIA_REJECTED for a file without sound, or as `ffmpeg` does
 */
export async function makeVoice(
  ffmpeg: Ffmpeg,
  source: MediaSource,
  target: string,
): Promise<MediaSource & { sound: Sound }> {
  const voice = (await isVoice(source)) ? source : { path: target, mimetype: VOICE };
  if (voice !== source) await ffmpeg(source, [...words(AS_VOICE), `file:${target}`]);
  return { ...voice, sound: await measure(ffmpeg, voice) };
}

/** @see https://www.rfc-editor.org/rfc/rfc7845#section-5.1 */
async function isVoice({ path, mimetype }: MediaSource): Promise<boolean> {
  if (mimetype !== VOICE) return false;
  const file = await open(path);
  try {
    const { buffer } = await file.read(Buffer.alloc(38), 0, 38, 0);
    return buffer.toString('latin1', 28, 36) === 'OpusHead' && buffer[37] === 1;
  } finally {
    await file.close();
  }
}

async function measure(ffmpeg: Ffmpeg, voice: MediaSource): Promise<Sound> {
  const levels: number[] = [];
  let rest = Buffer.alloc(0);
  let samples = 0;
  let [sum, inBlock] = [0, 0];
  const raw = words(`-map 0:a:0 -ac 1 -ar ${RATE} -f s16le pipe:1`);
  await ffmpeg(voice, raw, (chunk) => {
    const bytes = Buffer.concat([rest, chunk]);
    const whole = bytes.length - (bytes.length % 2);
    for (let at = 0; at < whole; at += 2) {
      sum += Math.abs(bytes.readInt16LE(at));
      inBlock += 1;
      if (inBlock < BLOCK) continue;
      levels.push(sum / BLOCK);
      [sum, inBlock] = [0, 0];
    }
    samples += whole / 2;
    rest = bytes.subarray(whole);
  });
  if (inBlock > 0) levels.push(sum / inBlock);
  if (loudestOf(levels) < SILENCE) throw new AppError('MEDIA_REJECTED', 'The file has no sound.');
  return { seconds: Math.max(1, Math.round(samples / RATE)), waveform: barsOf(levels) };
}

const loudestOf = (levels: readonly number[]): number =>
  levels.reduce((loudest, level) => Math.max(loudest, level), 0);

/** The loudest level is 100. Pure. */
export function barsOf(levels: readonly number[]): number[] {
  const loudest = loudestOf(levels);
  return Array.from({ length: BARS }, (_, bar) => {
    const from = Math.floor((bar * levels.length) / BARS);
    const part = levels.slice(from, Math.max(from + 1, ((bar + 1) * levels.length) / BARS));
    return Math.floor((100 * Math.max(...part)) / loudest);
  });
}
