import type { DeskApi } from './desk-api.js';

/** Who may act: members with one of the configured roles. */
export class Operators {
  constructor(
    private readonly roleIds: readonly string[],
    private readonly api: DeskApi,
  ) {}

  /** By the roles that an event brings with it. */
  include(roles: readonly string[] | undefined): boolean {
    return roles?.some((role) => this.roleIds.includes(role)) ?? false;
  }

  /** By asking Discord, for messages that were read rather than told of. */
  async have(guildId: string, userId: string): Promise<boolean> {
    return this.include(await this.api.rolesOf(guildId, userId));
  }
}
