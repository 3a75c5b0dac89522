/** The mark of this program in the extra information of the events that it sends: its own watch tells them by it. */
export const OUR_MARK = 0x75_6e_64_73; // "unds"
