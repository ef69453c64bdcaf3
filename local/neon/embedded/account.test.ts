import { expect, test } from 'vitest';
import { accountIn, mayPass } from './account.ts';

const PASSWD = 'root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65533::/:/bin/false\nbroken:x\n';

test.each([
  ['nobody', { name: 'nobody', uid: 65_534, gid: 65_533 }],
  ['root', { name: 'root', uid: 0, gid: 0 }],
  ['broken', undefined],
  ['postgres', undefined],
  ['nobod', undefined],
])('finds %s in a passwd file', (name, expected) => {
  expect(accountIn(PASSWD, name)).toEqual(expected);
});

test.each([
  ['owner with x', { uid: 5, gid: 9, mode: 0o100 }, true],
  ['owner without x, though others have it', { uid: 5, gid: 9, mode: 0o611 }, false],
  ['group with x', { uid: 0, gid: 6, mode: 0o710 }, true],
  ['group without x', { uid: 0, gid: 6, mode: 0o701 }, false],
  ['others with x', { uid: 0, gid: 0, mode: 0o711 }, true],
  ['others without x, as /root', { uid: 0, gid: 0, mode: 0o700 }, false],
])('%s', (_, permissions, expected) => {
  expect(mayPass({ name: 'pg', uid: 5, gid: 6 }, permissions)).toBe(expected);
});

test('root can enter every folder', () => {
  expect(mayPass({ name: 'root', uid: 0, gid: 0 }, { uid: 5, gid: 5, mode: 0 })).toBe(true);
});
