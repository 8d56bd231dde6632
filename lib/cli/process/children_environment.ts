/**
 * What happi's children have of happi's environment.
 */

/**
 * Leaves out what is happi's own: its secrets, and what systemd told it alone. A child that found NOTIFY_SOCKET or
 * LISTEN_FDS would speak for happi.
 *
 * @param variables happi's environment
 */
export function childrenEnvironment(variables: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(variables).filter(([name]) => !OWN.test(name)));
}

const OWN = /^(?:HAPPI_.*|NOTIFY_SOCKET|LISTEN_(?:FDS|FDNAMES|PID)|WATCHDOG_(?:USEC|PID)|CREDENTIALS_DIRECTORY)$/;
