import { expect, it } from 'vitest';
import { z } from 'zod';
import { covers } from '../testing/covers.ts';
import { PIXEL } from '../testing/sample-files.ts';

const NUMBER = '15550100001';
const JID = `${NUMBER}@s.whatsapp.net`;

type Call = (method: string, path: string, body?: unknown, status?: number) => Promise<unknown>;

/** Evolution's routes on groups, of the linked instance `evolution`. */
export function evolutionGroupRoutes(call: Call): void {
  covers(
    'POST /compat/evolution/group/create/{instance}',
    'POST /compat/evolution/group/updateGroupSubject/{instance}',
    'POST /compat/evolution/group/updateGroupDescription/{instance}',
    'POST /compat/evolution/group/updateGroupPicture/{instance}',
    'GET /compat/evolution/group/findGroupInfos/{instance}',
    'GET /compat/evolution/group/fetchAllGroups/{instance}',
    'GET /compat/evolution/group/participants/{instance}',
    'GET /compat/evolution/group/inviteCode/{instance}',
    'POST /compat/evolution/group/revokeInviteCode/{instance}',
    'GET /compat/evolution/group/inviteInfo/{instance}',
    'GET /compat/evolution/group/acceptInviteCode/{instance}',
    'POST /compat/evolution/group/sendInvite/{instance}',
    'POST /compat/evolution/group/updateParticipant/{instance}',
    'POST /compat/evolution/group/updateSetting/{instance}',
    'DELETE /compat/evolution/group/leaveGroup/{instance}',
  );

  it('a group is made, changed, joined and left', async () => {
    const subject = { subject: 'Readers', participants: [NUMBER] };
    const made = await call('POST', 'group/create/evolution', subject, 201);
    const { id } = z.looseObject({ id: z.string() }).parse(made);
    const of = (path: string) => `group/${path}/evolution?groupJid=${id}`;
    const change = (path: string, body: unknown) => call('POST', of(path), body, 201);
    await change('updateGroupSubject', { subject: 'Book club' });
    await change('updateGroupDescription', { description: 'On Mondays' });
    await change('updateGroupPicture', { image: PIXEL });
    await change('updateSetting', { action: 'announcement' });
    await change('updateParticipant', { action: 'add', participants: ['15550100002'] });
    expect(await call('GET', of('findGroupInfos'))).toMatchObject({
      subject: 'Book club',
      desc: 'On Mondays',
      announce: true,
    });
    const { participants } = z
      .object({ participants: z.array(z.looseObject({ id: z.string() })) })
      .parse(await call('GET', of('participants')));
    expect(participants.map((one) => one.id)).toContain(JID);
    expect(await call('GET', 'group/fetchAllGroups/evolution?getParticipants=false')).toEqual(
      expect.arrayContaining([expect.objectContaining({ id })]),
    );
    await call('GET', of('inviteCode'));
    const invite = { groupJid: id, description: 'Join us', numbers: ['15550100003'] };
    await call('POST', 'group/sendInvite/evolution', invite);
    const revoked = await call('POST', of('revokeInviteCode'), undefined, 201);
    const { inviteCode } = z.looseObject({ inviteCode: z.string() }).parse(revoked);
    const byCode = (path: string) =>
      call('GET', `group/${path}/evolution?inviteCode=${inviteCode}`);
    expect(await byCode('inviteInfo')).toMatchObject({ id, subject: 'Book club' });
    expect(await byCode('acceptInviteCode')).toEqual({ accepted: true, groupJid: id });
    expect(await call('DELETE', of('leaveGroup'))).toEqual({ groupJid: id, leave: true });
  });
}
