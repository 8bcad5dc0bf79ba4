/** The role whose members sit at the desk of {@link deskSettings}. */
export const OPERATOR_ROLE = '600000000000000001';

/** The settings of a service with a desk on this Discord. */
export function deskSettings(discord: { readonly settings: Record<string, string> }): Record<string, string> {
  return { ...discord.settings, NOTIFICATION_LOG_ENABLED: 'false', DISCORD_OPERATOR_ROLE_IDS: OPERATOR_ROLE };
}
