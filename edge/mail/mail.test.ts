import { describe, expect, test } from 'vitest';
import { createHarness } from '../testing/harness.ts';
import { mailbox } from '../testing/mailbox.ts';
import { createHttpMailer } from './http-mailer.ts';
import * as templates from './templates.ts';

const harness = await createHarness();
const url = 'https://waypost.example/x?a=1&b="2"';
const content = templates.verificationMail({ url });

describe('the mailer', () => {
  test('hands a mail to the provider, and the same key twice is one mail', async () => {
    const to = `ann-${crypto.randomUUID()}@example.com`;
    const { mailer } = harness.services();
    const mail = { ...content, to, idempotencyKey: crypto.randomUUID() };
    await mailer.send(mail);
    await mailer.send(mail);
    const got = await mailbox(harness.env).list(to);
    expect(got).toHaveLength(1);
    expect(got[0]).toMatchObject({ to: [to], ...content });
  });

  test('rejects when the provider does not take it, without the address', async () => {
    const mailer = createHttpMailer({ env: { ...harness.env, MAIL_TOKEN: 'a wrong token' } });
    const sent = mailer.send({ ...content, to: 'ann@example.com', idempotencyKey: 'k' });
    await expect(sent).rejects.toThrow(/^the mail provider answered 403$/);
  });
});

describe('the templates', () => {
  const invitation = templates.invitationMail({
    workspaceName: '<img src=x onerror=alert(1)>',
    inviterName: `Eve\r\nBcc: all@example.com ${'long '.repeat(50)}`,
    url,
  });

  test.each([
    ['verification', content],
    ['reset', templates.resetMail({ url })],
    ['already registered', templates.alreadyRegisteredMail({ url })],
    ['invitation', invitation],
  ])('%s carries its link, whole in the text and escaped in the HTML', (_name, mail) => {
    expect(mail.text).toContain(url);
    expect(mail.html).toContain('href="https://waypost.example/x?a=1&amp;b=&quot;2&quot;"');
    expect(mail.html).not.toContain(url);
    expect(mail.subject).not.toMatch(/[\r\n]/);
  });

  test('names are escaped, on one line, and short', () => {
    expect(invitation.html).not.toContain('<img');
    expect(invitation.html).toContain('&lt;img src=x');
    expect(invitation.text).toContain('Eve Bcc:');
    expect(invitation.text.split('\n')[0]?.length).toBeLessThan(250);
  });

  test.each([
    'https://evil.example/login',
    'evil.example',
    'www.evil.example',
    'ann@evil.example',
    'mailto:ann@evil.example',
    'evil。example',
    'evil．example／login',
    'e\u200Bvil.exam\u200Bple',
    'wa.me/15550100001',
    'call +1 (555) 010-0001',
    '1.5.5.5.0.1.0.0.0.0.1',
    '\\\\evil.example\\share',
  ])('a name cannot carry a link: %s', (name) => {
    const given = { workspaceName: name, inviterName: name, url };
    const [sentence = ''] = templates.invitationMail(given).text.split('\n');
    expect(sentence).not.toMatch(/\S[.。:/\\@．／]+[\p{L}\p{N}]/u);
    expect(sentence).not.toMatch(/\d(?:[\s().-]*\d){6,}/);
    expect(templates.invitationMail(given).html.match(/evil\.|wa\.me|555/g)).toBeNull();
  });

  test('names that are only names stay as they are', () => {
    for (const name of ['Dr. Ann O’Neil', 'Müller & Söhne', 'Desk 24', '株式会社ほげ'])
      expect(
        templates.invitationMail({ workspaceName: name, inviterName: name, url }).text,
      ).toContain(`${name} invites you to the workspace “${name}” on Waypost.`);
  });
});
