package bridge

import (
	"mime"
	"path/filepath"
	"strings"
	"unicode"

	"waflow/backend/domain"
)

// longestName is how many bytes the name of a saved file has at most: systems allow 255.
const longestName = 200

// savedName is what the file of a message is called where it is saved: what its sender called it as far as that is a name, else when it came.
func savedName(open domain.OpenMedia) string {
	plain := strings.Map(func(r rune) rune {
		if strings.ContainsRune(`/\:*?"<>|`, r) || !unicode.IsPrint(r) {
			return '_'
		}
		return r
	}, oneLine(open.Name))
	plain = strings.TrimRight(strings.TrimLeft(plain, ". "), ". ")
	if plain == "" {
		return open.At.Local().Format("2006-01-02 15.04.05") + endingOf(open.Type)
	}
	return shortened(plain)
}

// shortened cuts a name that is too long and leaves its ending, which says what it is.
func shortened(name string) string {
	if len(name) <= longestName {
		return name
	}
	ending := filepath.Ext(name)
	if len(ending) > longestName/2 {
		ending = ""
	}
	return strings.ToValidUTF8(name[:longestName-len(ending)], "") + ending
}

// endingOf is how the names of files of a type end.
func endingOf(kind string) string {
	switch kind {
	case "image/jpeg":
		return ".jpg"
	case "image/png":
		return ".png"
	case "image/gif":
		return ".gif"
	case "image/webp":
		return ".webp"
	case "video/mp4":
		return ".mp4"
	case "audio/mp4":
		return ".m4a"
	case "audio/ogg":
		return ".ogg"
	case "audio/mpeg":
		return ".mp3"
	case "application/pdf":
		return ".pdf"
	}
	return ""
}

// attachment has a browser save a file under a name.
func attachment(name string) string {
	if header := mime.FormatMediaType("attachment", map[string]string{"filename": name}); header != "" {
		return header
	}
	return "attachment"
}
