import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';

export const MIN_PASSWORD = 8;
export const MAX_PASSWORD = 128;

/** 16 MiB and about 136 ms: OWASP's scrypt settings with the least memory, since an isolate has 128 MB. */
const COST = { N: 2 ** 14, r: 8, p: 5 };
const KEY_BYTES = 32;
const SALT_BYTES = 16;
/** `$scrypt$ln=14,r=8,p=5$<salt>$<key>`, base64url; the parameters stay readable when they change. */
const FORMAT = /^\$scrypt\$ln=(\d{1,2}),r=(\d{1,2}),p=(\d{1,2})\$([\w-]{6,})\$([\w-]{32,})$/;

type Cost = typeof COST;

function derive(password: string, salt: Buffer, { N, r, p }: Cost, bytes: number): Promise<Buffer> {
  const maxmem = 2 * 128 * N * r;
  return new Promise((resolve, reject) => {
    scrypt(password.normalize('NFKC'), salt, bytes, { N, r, p, maxmem }, (error, key) => {
      if (error === null) resolve(key);
      else reject(error);
    });
  });
}

/** The password's hash with a new salt and its parameters. Takes as long as `verifyPassword`. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(SALT_BYTES);
  const key = await derive(password, salt, COST, KEY_BYTES);
  const cost = `ln=${Math.log2(COST.N)},r=${COST.r},p=${COST.p}`;
  return `$scrypt$${cost}$${salt.toString('base64url')}$${key.toString('base64url')}`;
}

/** Whether the password belongs to the hash. A hash that cannot be read belongs to none. */
export async function verifyPassword(password: string, hash: string): Promise<boolean> {
  const [, ln, r, p, salt = '', expected = ''] = FORMAT.exec(hash) ?? [];
  if (ln === undefined || Number(ln) > 17) return false;
  const cost = { N: 2 ** Number(ln), r: Number(r), p: Number(p) };
  const want = Buffer.from(expected, 'base64url');
  const have = await derive(password, Buffer.from(salt, 'base64url'), cost, want.length);
  return timingSafeEqual(have, want);
}
