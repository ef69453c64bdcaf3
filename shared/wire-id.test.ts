import { expect, it } from 'vitest';
import { deriveWireId } from './wire-id.ts';

const KEY = '00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff';

// `printf %s msg_1 | openssl dgst -sha256 -mac HMAC -macopt hexkey:<KEY>`, its first 18 digits.
it('is 3EB0 and the first nine bytes of the HMAC, in capitals', async () => {
  expect(await deriveWireId(KEY, 'msg_1')).toBe('3EB050F8AA9176A6C609E4');
});

it('is the same for whoever takes the session over, and another for another message or session', async () => {
  const [first, again, message, session] = await Promise.all([
    deriveWireId(KEY, 'msg_1'),
    deriveWireId(KEY, 'msg_1'),
    deriveWireId(KEY, 'msg_2'),
    deriveWireId(KEY.replace('00', '01'), 'msg_1'),
  ]);
  expect(again).toBe(first);
  expect(new Set([first, message, session]).size).toBe(3);
});
