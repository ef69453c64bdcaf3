import { spawn } from 'node:child_process';
import { AppError } from '../../shared/errors.ts';

const TIMEOUT_MS = 60_000;

/** Demuxers by MIME type. One is named for each file: ffmpeg's own guess could be a playlist, which opens other files. */
const DEMUXERS: Readonly<Record<string, string>> = {
  'audio/mpeg': 'mp3',
  'audio/aac': 'aac',
  'audio/amr': 'amr',
  'audio/flac': 'flac',
  'audio/wav': 'wav',
  'audio/ogg': 'ogg',
  'audio/ogg; codecs=opus': 'ogg',
  'audio/mp4': 'mov',
  'audio/x-m4a': 'mov',
  'video/mp4': 'mov',
  'video/quicktime': 'mov',
  'video/3gpp': 'mov',
  'video/webm': 'matroska',
  'image/png': 'png_pipe',
  'image/jpeg': 'jpeg_pipe',
  'image/webp': 'webp_pipe',
  'image/gif': 'gif',
};

export type MediaSource = { path: string; mimetype: string };

/**
 * Runs ffmpeg over one file.
 * @param output its options, and where it writes: a path, or `pipe:1` for `onOutput`
 * @throws AppError MEDIA_REJECTED when ffmpeg cannot read the file; NOT_SUPPORTED when there is no ffmpeg
 */
export type Ffmpeg = (
  source: MediaSource,
  output: readonly string[],
  onOutput?: (chunk: Buffer) => void,
) => Promise<void>;

/** Options of a command line. */
export const words = (line: string): string[] => line.split(' ');

/** @param program its path, or its name to be found by PATH */
export function createFfmpeg(program: string): Ffmpeg {
  return async ({ path, mimetype }, output, onOutput) => {
    const demuxer = DEMUXERS[mimetype];
    if (demuxer === undefined)
      throw new AppError('MEDIA_REJECTED', `A file of type ${mimetype} cannot be converted.`);
    const child = spawn(
      program,
      [
        ...words('-nostdin -hide_banner -loglevel error -threads 1 -y -protocol_whitelist file'),
        '-f',
        demuxer,
        '-i',
        `file:${path}`,
        ...output,
      ],
      { stdio: ['ignore', 'pipe', 'pipe'], timeout: TIMEOUT_MS, killSignal: 'SIGKILL' },
    );
    let said = '';
    child.stdout.on('data', (chunk: Buffer) => onOutput?.(chunk));
    child.stderr.on('data', (chunk: Buffer) => {
      said = (said + chunk.toString()).slice(-2_000);
    });
    const ended = Promise.withResolvers<number | null>();
    child.on('error', ended.reject);
    child.on('close', ended.resolve);
    let code;
    try {
      code = await ended.promise;
    } catch (error) {
      throw new AppError(
        'NOT_SUPPORTED',
        'The file has to be converted, and the runner has no ffmpeg.',
        undefined,
        { cause: error },
      );
    }
    if (code === 0) return;
    const why = code === null ? 'it took too long' : (said.trim().split('\n').at(-1) ?? '');
    throw new AppError('MEDIA_REJECTED', `The file cannot be converted: ${why.slice(0, 200)}.`);
  };
}
