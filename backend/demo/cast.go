package demo

// role is a phone that the demo starts with.
type role struct {
	number   string // with "+"; from ranges that stand for nobody in the designs
	name     string
	business string // verified name of a business account
	ours     bool
	platform string
}

// cast returns the phones of a new demo: businesses that can be linked, and people who write to them in several languages.
func cast() []role {
	return []role{
		{number: "+5511900000114", name: "Clínica Vida", business: "Clínica Vida Odontologia", ours: true, platform: "smba"},
		{number: "+34600000071", name: "Escuela Lingua Sur", business: "Lingua Sur Idiomas", ours: true, platform: "smba"},
		{number: "+34600000081", name: "Blue Wheel Bikes", ours: true, platform: "iphone"},
		{number: "+5511900000201", name: "Júlia Santos", platform: "android"},
		{number: "+34600000021", name: "María Anaya", platform: "android"},
		{number: "+34600000022", name: "Oskar Kranz", platform: "iphone"},
		{number: "+34600000023", name: "يوسف حدّاد", platform: "android"},
		{number: "+34600000024", name: "佐藤 美咲", platform: "iphone"},
		{number: "+34600000025", name: "Zoë 🚲", platform: "android"},
	}
}

// First numbers given to phones that are added, with "+" and counted upwards.
const (
	firstOwnNumber     = 34600000101
	firstContactNumber = 34600000201
)
