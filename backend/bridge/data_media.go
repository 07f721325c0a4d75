package bridge

import "waflow/backend/domain"

// Media is what is here of a message's file, which is served at /media/<message>, its small picture at /media/<message>/thumbnail.
type Media struct {
	State     string `json:"state"` // domain.MediaState: "" until somebody asks for it, "wanted", "here", "gone", "refused"
	Why       string `json:"why"`   // the code of why it is gone or refused
	Type      string `json:"type"`  // of what is here, by its content
	Name      string `json:"name"`  // of a document, by its sender
	Size      int64  `json:"size"`  // bytes; its sender's word until it is here
	Width     int    `json:"width"` // pixels, by its sender's word; 0 if unknown
	Height    int    `json:"height"`
	Thumbnail bool   `json:"thumbnail"` // there is a small picture
}

// mediaOf is nil for a message without a file.
func mediaOf(m domain.Message) *Media {
	if m.Content == nil || m.Content.File == nil {
		return nil
	}
	f := m.Content.File
	out := &Media{Name: oneLine(f.Name), Size: f.Size, Width: f.Width, Height: f.Height}
	if here := m.Media; here != nil {
		out.State, out.Why, out.Type, out.Thumbnail = string(here.State), string(here.Why), here.Type, here.Thumbnail
		if here.State == domain.MediaHere {
			out.Size = here.Size
		}
	}
	return out
}

// FetchPolicy is which files of a subaccount are fetched as they come: domain.FetchPolicy.
type FetchPolicy struct {
	Pictures  bool  `json:"pictures"` // and stickers
	Voice     bool  `json:"voice"`
	Videos    bool  `json:"videos"`    // and GIFs
	Documents bool  `json:"documents"` // and audio files
	Max       int64 `json:"max"`       // bytes of the largest
}
