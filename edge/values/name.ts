import { AppError } from '../../shared/errors.ts';
import { isId } from '../../shared/ids.ts';

/** Controls, zero-width and direction characters, line separators, and letters that show nothing. */
const UNSEEN = String.raw`\p{Cc}\p{Cf}\p{Zl}\p{Zp}\u115F\u1160\u2800\u3164\uFFA0`;
const INVISIBLE = new RegExp(`[${UNSEEN}]`, 'u');
/** Persian, Indic scripts and emoji need joiners inside a word; beside ASCII they only hide. */
const JOINABLE = String.raw`[^\p{ASCII}\s${UNSEEN}]`;
const JOINED = new RegExp(String.raw`(?<=${JOINABLE})([\u200C\u200D]+)(?=${JOINABLE})`, 'gu');
const JOINED_OR_INVISIBLE = new RegExp(`${JOINED.source}|${INVISIBLE.source}`, 'gu');

const SESSION_NAME = /^[A-Za-z0-9][A-Za-z0-9 ._-]{0,63}$/;

/** The most characters that the name of a workspace, key or person may have. */
export const MAX_NAME = 100;

/**
 * A name as it is kept: in NFC, trimmed, with single spaces.
 * @throws AppError VALIDATION_ERROR for one that is empty, too long or holds what nobody sees
 */
export function parseName(text: string, max = MAX_NAME): string {
  const name = text.normalize('NFC').trim();
  const invisible = INVISIBLE.exec(name.replaceAll(JOINED, ''))?.[0];
  if (invisible !== undefined)
    throw refusal(`cannot contain the invisible character ${codePoint(invisible)}`);
  const shown = withSingleSpaces(name);
  if (shown === '') throw refusal('must not be empty');
  if (Array.from(shown).length > max) throw refusal(`must have at most ${max} characters`);
  return shown;
}

/**
 * The name of a session, which also stands in paths.
 * @throws AppError VALIDATION_ERROR for one that is no name, or looks like an id
 */
export function parseSessionName(text: string): string {
  const name = parseName(text, 64);
  if (!SESSION_NAME.test(name))
    throw refusal('may have letters, digits, spaces, . _ - and must begin with a letter or digit');
  if (isId('session', nameKey(name))) throw refusal('must not look like a session id');
  return name;
}

/** A name from somebody else, made one that `parseName` takes; empty when nothing is left. */
export const cleanName = (text: string): string =>
  withSingleSpaces(
    Array.from(text.toWellFormed().normalize('NFC'))
      .slice(0, MAX_NAME)
      .join('')
      .replaceAll(JOINED_OR_INVISIBLE, (_match, joiner?: string) => joiner ?? ' '),
  );

/** What two names, or two ways to write one, have in common when they mean the same. PostgreSQL: `lower(name)`. */
export const nameKey = (text: string): string =>
  withSingleSpaces(text.normalize('NFC')).toLowerCase();

const withSingleSpaces = (text: string): string => text.trim().replaceAll(/\s+/g, ' ');

const codePoint = (character: string): string =>
  `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;

const refusal = (reason: string): AppError => new AppError('VALIDATION_ERROR', reason);
