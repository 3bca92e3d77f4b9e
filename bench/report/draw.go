package main

import (
	"bytes"
	"fmt"
	"image/color"
	"math"
	"strconv"
	"time"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgsvg"
)

// palette is that of Okabe and Ito, which the colour-blind can tell apart, without its yellow, which is too light for lines.
var palette = []color.Color{
	color.RGBA{0x00, 0x72, 0xb2, 0xff}, color.RGBA{0xd5, 0x5e, 0x00, 0xff}, color.RGBA{0x00, 0x9e, 0x73, 0xff},
	color.RGBA{0xcc, 0x79, 0xa7, 0xff}, color.RGBA{0x56, 0xb4, 0xe9, 0xff}, color.RGBA{0xe6, 0x9f, 0x00, 0xff},
}

var glyphs = []draw.GlyphDrawer{draw.CircleGlyph{}, draw.SquareGlyph{}, draw.PyramidGlyph{}, draw.CrossGlyph{}}

const (
	width, height = 18 * vg.Centimeter, 10 * vg.Centimeter
	legendWidth   = 4 * vg.Centimeter
)

// draw returns the curve as SVG.
func (c *curve) draw() ([]byte, error) {
	canvas := vgsvg.New(width, height)
	if err := c.paint(draw.New(canvas)); err != nil {
		return nil, err
	}
	var b bytes.Buffer
	if _, err := canvas.WriteTo(&b); err != nil {
		return nil, err
	}
	// The font is named and not embedded: few have it, so that its likes are named too.
	const family = "font-family:Liberation Sans"
	return bytes.ReplaceAll(b.Bytes(), []byte(family), []byte(family+",Arial,Helvetica,sans-serif")), nil
}

// paint draws the curve, both axes logarithmic. It has a background of its own, so that it can be read on a dark page too.
func (c *curve) paint(dc draw.Canvas) error {
	p, legend := plot.New(), plot.NewLegend()
	for _, style := range []*draw.TextStyle{
		&p.Title.TextStyle, &p.X.Label.TextStyle, &p.Y.Label.TextStyle, &p.X.Tick.Label, &p.Y.Tick.Label, &legend.TextStyle,
	} {
		style.Font.Variant = "Sans"
	}
	text, ok := about[c.name]
	if !ok {
		text.title, text.sizes = c.name, "n"
	}
	p.Title.Text = text.title
	p.X.Label.Text, p.Y.Label.Text = text.sizes, "time per operation"
	p.X.Scale, p.Y.Scale = plot.LogScale{}, plot.LogScale{}
	p.X.Tick.Marker, p.Y.Tick.Marker = decades(count), decades(nanoseconds)
	p.Add(grid10())
	for i, l := range c.lines {
		if len(l.points) < 2 {
			return fmt.Errorf("%q has one size only", l.name)
		}
		xys := make(plotter.XYs, len(l.points))
		for k, at := range l.points {
			xys[k] = plotter.XY{X: at.n, Y: at.sec * 1e9}
		}
		drawn, points, err := plotter.NewLinePoints(xys)
		if err != nil {
			return err
		}
		drawn.Width = vg.Points(1.5)
		drawn.Color, points.Color = palette[i%len(palette)], palette[i%len(palette)]
		points.Shape, points.Radius = glyphs[i%len(glyphs)], vg.Points(3)
		if i >= len(palette) {
			drawn.Dashes = []vg.Length{vg.Points(5), vg.Points(3)}
		}
		p.Add(drawn, points)
		if len(c.lines) > 1 {
			legend.Add(l.name, drawn, points)
		}
	}
	// Whole decades, of which a flat line needs one too.
	p.Y.Min, p.Y.Max = math.Pow10(int(math.Floor(math.Log10(p.Y.Min)))), math.Pow10(int(math.Ceil(math.Log10(p.Y.Max))))
	if p.Y.Min == p.Y.Max {
		p.Y.Max *= 10
	}
	dc.SetColor(color.White)
	dc.Fill(dc.Path())
	dc = draw.Crop(dc, vg.Points(6), -vg.Points(12), vg.Points(6), -vg.Points(6))
	p.Draw(draw.Crop(dc, 0, -legendWidth, 0, 0))
	legend.Top, legend.Left, legend.Padding = true, true, vg.Points(3)
	legend.YPosition = draw.PosCenter
	legend.Draw(draw.Crop(dc, width-legendWidth-vg.Points(12), 0, 0, -vg.Centimeter))
	return nil
}

// grid10 is a grid that stays behind the lines.
func grid10() *plotter.Grid {
	g := plotter.NewGrid()
	g.Vertical.Color, g.Horizontal.Color = color.Gray{0xdd}, color.Gray{0xdd}
	return g
}

// decades ticks the powers of ten, with the label that each has.
func decades(label func(float64) string) plot.TickerFunc {
	return func(least, most float64) []plot.Tick {
		var ticks []plot.Tick
		for e := int(math.Ceil(math.Log10(least) - 1e-9)); e <= int(math.Floor(math.Log10(most)+1e-9)); e++ {
			ticks = append(ticks, plot.Tick{Value: math.Pow10(e), Label: label(math.Pow10(e))})
		}
		return ticks
	}
}

func count(n float64) string { return strconv.FormatFloat(n, 'f', -1, 64) }

func nanoseconds(ns float64) string {
	if ns < 1 {
		return count(ns) + "ns"
	}
	return time.Duration(ns).String()
}
