package main

import (
	"math/rand/v2"
	"strings"
	"unicode"
	"unicode/utf8"
)

// tongue is a language as far as a benchmark needs one: words made of its syllables, the frequent ones far more often than the others.
type tongue struct {
	share     int // of a hundred messages
	syllables []string
	space     string // between words
	words     uint64
}

func tongues() []tongue {
	latin := []string{
		"ca", "sa", "re", "ser", "va", "ción", "ho", "tel", "pre", "cio", "gra", "cias", "ma", "ña", "na", "tar", "de", "pa", "go", "en", "vío",
		"lle", "gar", "can", "ce", "lar", "do", "ble", "mun", "dial", "fac", "tu", "ra", "con", "fir", "mar", "es", "tá", "bien", "por", "fa", "vor",
	}
	cyrillic := []string{"при", "вет", "за", "каз", "до", "ста", "вка", "це", "на", "спа", "си", "бо", "ко", "гда", "мо", "жно", "по", "лу", "чить", "ра"}
	arabic := []string{"مر", "حبا", "شك", "را", "طل", "بية", "سع", "ر", "مت", "ى", "من", "في", "ال", "يوم", "غد", "ا"}
	hindi := []string{"नम", "स्ते", "की", "मत", "धन्य", "वाद", "कल", "आज", "मि", "लेगा", "क", "हाँ"}
	han := []string{
		"你", "好", "我", "们", "的", "是", "在", "有", "这", "个", "订", "单", "多", "少", "钱", "谢", "明", "天", "到", "货", "发", "票", "酒", "店", "预",
		"定", "房", "间", "可", "以", "取", "消", "吗", "请", "问", "时", "候", "上", "海", "北", "京", "大", "小", "价", "格", "手", "机", "号", "码", "地",
	}
	kana := []string{"こん", "にち", "は", "予", "約", "ありが", "とう", "ござい", "ます", "を", "の", "注", "文", "確", "認", "お", "願", "い", "し", "て", "ホテル", "コード"}
	thai := []string{"สวัส", "ดี", "ครับ", "ค่ะ", "ขอบ", "คุณ", "ราคา", "เท่า", "ไร", "จอง", "ห้อง", "พรุ่ง", "นี้", "ส่ง", "ของ", "ได้", "ไหม", "ที่", "โรงแรม"}
	return []tongue{
		{share: 74, syllables: latin, space: " ", words: 60_000},
		{share: 8, syllables: cyrillic, space: " ", words: 30_000},
		{share: 5, syllables: arabic, space: " ", words: 20_000},
		{share: 4, syllables: hindi, space: " ", words: 10_000},
		{share: 4, syllables: han, words: 20_000},
		{share: 3, syllables: kana, words: 10_000},
		{share: 2, syllables: thai, words: 10_000},
	}
}

// corpus makes texts as people write them in chats: short ones, in several languages, the same ones for the same seed.
type corpus struct {
	random  *rand.Rand
	tongues []tongue
	zipf    []*rand.Zipf
}

func newCorpus(seed uint64) *corpus {
	c := &corpus{random: rand.New(rand.NewPCG(seed, 1)), tongues: tongues()}
	for _, t := range c.tongues {
		c.zipf = append(c.zipf, rand.NewZipf(c.random, 1.15, 4, t.words-1))
	}
	return c
}

// text is the next message: two to seventeen words, nine on average.
func (c *corpus) text() string {
	i, left := 0, c.random.IntN(100)
	for left >= c.tongues[i].share {
		left -= c.tongues[i].share
		i++
	}
	words := make([]string, 2+c.random.IntN(16))
	for n := range words {
		words[n] = c.tongues[i].word(c.zipf[i].Uint64())
	}
	return strings.Join(words, c.tongues[i].space)
}

// word is the nth word of a language, the most frequent one first.
func (t tongue) word(n uint64) string {
	var b strings.Builder
	size := uint64(len(t.syllables))
	for n++; n > 0; n /= size {
		b.WriteString(t.syllables[n%size])
	}
	return b.String()
}

// name is somebody's: two of the words, written large.
func (c *corpus) name() string {
	first, last := c.tongues[0].word(c.random.Uint64N(5_000)), c.tongues[0].word(c.random.Uint64N(50_000))
	return large(first) + " " + large(last)
}

// large writes the first letter of a word large.
func large(word string) string {
	first, size := utf8.DecodeRuneInString(word)
	return string(unicode.ToUpper(first)) + word[size:]
}
