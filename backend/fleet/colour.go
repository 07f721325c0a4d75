package fleet

import "waflow/backend/domain"

// NextColour chooses the colour of a new subaccount: the least used, in the order of domain.Colours.
func NextColour(present []domain.Subaccount) domain.Colour {
	uses := map[domain.Colour]int{}
	for _, s := range present {
		uses[s.Colour]++
	}
	colours := domain.Colours()
	best := colours[0]
	for _, c := range colours[1:] {
		if uses[c] < uses[best] {
			best = c
		}
	}
	return best
}
