"""What the frame shows beside the rail: welcome, one step, done."""
