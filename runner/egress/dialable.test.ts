import { describe, expect, it } from 'vitest';
import { parseAllowList } from '../../shared/egress/allow-list.ts';
import { dialable } from './dialable.ts';

const at = (...addresses: string[]) =>
  addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
const judge = (addresses: string[], allow: string[] = []) =>
  dialable(new URL('http://proxy.test:3128'), parseAllowList(allow), async () => at(...addresses));

describe('a host that', () => {
  it.each<[string, string[], string[]]>([
    ['is public', ['203.0.114.7'], []],
    ['is public in both families', ['203.0.114.7', '2606:4700::1111'], []],
    ['is private and named with its port', ['10.0.0.5'], ['proxy.test:3128']],
    ['is private and in a range that is named', ['10.0.0.5'], ['10.0.0.0/24']],
  ])('%s is dialled at these addresses', async (_, addresses, allow) => {
    expect(await judge(addresses, allow)).toEqual(at(...addresses));
  });

  it.each<[string, string[], string[]]>([
    ['is loopback', ['127.0.0.1'], []],
    ['is private', ['192.168.1.4'], []],
    ['is link-local', ['169.254.169.254'], []],
    ['is carrier-grade NAT', ['100.64.0.1'], []],
    ['is a private address in IPv6 clothes', ['::ffff:10.0.0.5'], []],
    ['is unique local', ['fd00::1'], []],
    ['is link-local with a zone', ['fe80::1%eth0'], []],
    ['is public and private', ['203.0.114.7', '10.0.0.5'], []],
    ['is named with another port', ['10.0.0.5'], ['proxy.test:80']],
    ['is outside the range that is named', ['10.0.1.5'], ['10.0.0.0/24']],
  ])('%s is refused', async (_, addresses, allow) => {
    await expect(judge(addresses, allow)).rejects.toThrow('EGRESS_ALLOW does not name');
  });

  it('does not resolve is not dialled', async () => {
    await expect(judge([])).rejects.toThrow('has no address');
    const failing = () => Promise.reject(new Error('SERVFAIL'));
    const place = new URL('http://proxy.test:3128');
    await expect(dialable(place, parseAllowList([]), failing)).rejects.toThrow('SERVFAIL');
  });
});
