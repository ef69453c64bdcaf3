import type { Group } from '../../protocol/records.ts';
import { Collection } from '../collection.ts';
import type { Directory } from '../directory.ts';
import { Model } from '../model.ts';
import type { Attributes } from '../model.ts';
import { toWid } from '../wid.ts';
import type { Wid } from '../wid.ts';

class ParticipantModel extends Model {
  declare id: Wid;
  declare isAdmin: boolean;
  declare isSuperAdmin: boolean;
}

export class GroupMetadataModel extends Model {
  declare id: Wid;
  declare subject: string;
  declare descId: string | null;
  declare announce: boolean;
  declare isLidAddressingMode: boolean;
  declare participants: Collection<ParticipantModel>;
  declare membershipApprovalRequests: Collection;

  constructor(group: Group, directory: Directory) {
    super({
      participants: new Collection(ParticipantModel),
      membershipApprovalRequests: new Collection(Model),
    });
    this.apply(group, directory);
  }

  /** Takes over the group as the world has it now. */
  apply(group: Group, directory: Directory): void {
    const attributes: Attributes = {
      id: toWid(group.id),
      subject: group.subject,
      desc: group.description,
      descId: group.descriptionId,
      owner: directory.address(group.owner),
      creation: group.creation,
      announce: group.announce,
      restrict: group.restrict,
      memberAddMode: group.memberAddMode ? 'all_member_add' : 'admin_add',
      membershipApprovalMode: group.approval,
      size: group.participants.length,
      isLidAddressingMode: directory.address(group.owner).isLid(),
    };
    Object.assign(this, attributes);
    this.participants.reset();
    for (const member of group.participants) {
      this.participants.add({
        id: directory.address(member.pn),
        isAdmin: member.admin,
        isSuperAdmin: member.superAdmin,
      });
    }
    this.membershipApprovalRequests.reset();
    for (const request of group.requests) {
      this.membershipApprovalRequests.add({ id: directory.address(request.pn), t: request.t });
    }
  }
}
