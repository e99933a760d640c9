print("gitrel")
