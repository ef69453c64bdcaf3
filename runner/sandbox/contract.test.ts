import { expect, test } from 'vitest';
import { libraryNeeds, needsOf } from './testing/contract.ts';

const membersIn = (source: string): string[] =>
  needsOf(source, 'x.js').map(({ module, member }) => `${module}:${member}`);

test.each([
  ['a direct call', `window.require('A').b.c(1)`, ['A:b.c']],
  ['over lines', `window\n  .require('A')\n  .b?.c()`, ['A:b.c']],
  ['the module as a class', `new (window.require('A'))(x)`, ['A:']],
  ['a variable', `const a = window.require('A'); a.one(); a.two();`, ['A:', 'A:one', 'A:two']],
  [
    'a stored module',
    `window.AuthStore.P = window.require('A'); window.AuthStore.P.go()`,
    ['A:', 'A:go'],
  ],
  [
    'destructuring',
    `const { Msg, find } = window.require('A'); Msg.get(1)`,
    ['A:', 'A:Msg', 'A:Msg.get', 'A:find'],
  ],
  ['a result, which is no module', `const r = window.require('A').get(); r.body`, ['A:get']],
  ['an injected function', `inject({ module: 'A', function: 'b.c' })`, ['A:b.c']],
])('reads %s', (_what, source, expected) => {
  expect(membersIn(source).toSorted()).toEqual(expected.toSorted());
});

test('finds the library’s own needs', () => {
  const needs = libraryNeeds().map(({ module, member }) => `${module}:${member}`);
  expect(needs).toEqual(
    expect.arrayContaining([
      'WAWebSocketModel:Socket.on',
      'WAWebSendMsgChatAction:addAndSendMsgToChat',
      'WAWebCollections:Msg.on',
      'WAWebAltDeviceLinkingApi:startAltLinkingFlow',
      'WAWebE2EProtoUtils:typeAttributeFromProtobuf',
    ]),
  );
});
