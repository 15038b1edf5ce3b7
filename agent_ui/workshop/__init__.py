"""The five-step session in the console: who sits where, what people do, and what the others see."""
