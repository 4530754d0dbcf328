/** Clients send `West Europe` or `westeurope`; the short form is stored and answered. */
export const normalizeLocation = (location: string): string => location.replaceAll(" ", "").toLowerCase();
