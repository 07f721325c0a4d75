package bridge

import "strings"

// shortNumber is the fewest digits in a row that may be somebody's number; ids, ports and sizes are shorter.
const shortNumber = 7

// masked is a text for the log with all but the last two digits of everything hidden that may be a phone number, written with spaces,
// dots or hyphens or without.
func masked(text string) string {
	var out strings.Builder
	for i := 0; i < len(text); {
		end, digits := numberAt(text, i)
		switch {
		case digits >= shortNumber:
			out.WriteString("…" + onlyDigits(text[i:end])[digits-2:])
			i = end
		case end > i:
			out.WriteString(text[i:end])
			i = end
		default:
			out.WriteByte(text[i])
			i++
		}
	}
	return out.String()
}

// numberAt returns where a number that begins at i ends, and how many digits it has; i and 0 if none begins there.
func numberAt(text string, i int) (end, digits int) {
	end = i
	for j := i; j < len(text); j++ {
		switch c := text[j]; {
		case c >= '0' && c <= '9':
			digits++
			end = j + 1
		case digits > 0 && j == end && strings.IndexByte(" .-()", c) >= 0:
		default:
			return end, digits
		}
	}
	return end, digits
}
