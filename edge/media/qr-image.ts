import { encode, renderSVG } from 'uqr';
import { drawPng } from './png.ts';

/** Light modules around the code; scanners want four. */
const QUIET_ZONE = 4;
const PNG_SCALE = 6;

export const qrPng = (text: string): Promise<Uint8Array> =>
  drawPng(encode(text, { border: QUIET_ZONE, ecc: 'M' }).data, PNG_SCALE);

export const qrSvg = (text: string): string => renderSVG(text, { border: QUIET_ZONE, ecc: 'M' });
